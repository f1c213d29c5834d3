"""What pages show, made ready: templates choose and print, they do not count, compare or look up."""
