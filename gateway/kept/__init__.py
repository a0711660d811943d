"""What the gateway keeps: recipients, grants, pins, tokens, requests, objections, in its own tables. Answers nobody."""
