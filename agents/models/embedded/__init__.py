"""A language model that runs on this machine's processor, without a key, a compiler or a network once fetched."""
