"""One file a feed: what its department makes of the truth, and the file it writes. No defects here."""

from demo.feeds import (
    ecology_permit,
    market_regulation_enterprise,
    science_technology_list,
    social_security_employer,
    tax_registration,
)

MARKET = market_regulation_enterprise.FORM
TAX = tax_registration.FORM
SOCIAL = social_security_employer.FORM
SCIENCE = science_technology_list.FORM
ECOLOGY = ecology_permit.FORM
ALL = (MARKET, TAX, SOCIAL, SCIENCE, ECOLOGY)
