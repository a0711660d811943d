"""The county's portal: pages in Chinese for the people of a county, over the same door. No page is made here."""
