"""What an operator may set aside: the rules that stop a delivery at the door, and those that hold a release."""

# The header's rules: the only ones of landing that can be set aside.
OF_HEADERS = ("renamed_column", "missing_column", "extra_column")
SAME_DAY = "same_day"
OF_DELIVERIES = (
    *OF_HEADERS, SAME_DAY, "repeated_content", "foreign_column", "row_count", "grain", "emptied", "unit",
    "old_period", "malformed", "leap", "swapped",
)  # fmt: skip
FALL_RULE, COVERAGE_RULE, EARLIER_RULE = "fall", "coverage", "earlier_day"
OF_RELEASES = (FALL_RULE, COVERAGE_RULE, EARLIER_RULE)
