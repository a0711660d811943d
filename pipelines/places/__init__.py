"""Where things are: divisions through time, addresses, zones and roads as evidence. No feed's other column."""
