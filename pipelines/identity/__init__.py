"""Who rows are about: what they tell, whom they may meet, and the rungs that decide. Fuses nothing."""
