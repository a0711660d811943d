"""How a feed is fetched from its source into the inbox: whole, resumable, bounded in time. Knows no column."""
