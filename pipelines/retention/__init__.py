"""What is kept and what may be freed: old versions and old deliveries, by policy. Frees nothing that is named."""
