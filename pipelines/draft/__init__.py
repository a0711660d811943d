"""The first draft of a feed's declaration from one delivery. It proposes, with evidence; nothing is published here."""
