"""The demo: a made-up city and districts in the middle of a year. No part of the product imports it."""
