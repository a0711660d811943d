"""One file a feed: what a department delivers, in its own words. A new file here is a new feed."""
