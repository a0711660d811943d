"""Methods of the literature that know no product: logic, survival, cohorts, suppression, rounding."""
