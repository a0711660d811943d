"""What mappings say as of a day: codes, counties, ranks, admissions. Opens no file of mappings/."""
