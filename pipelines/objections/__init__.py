"""What counties hold to be wrong: raised, proposed to departments, answered. Mends nothing by itself."""
