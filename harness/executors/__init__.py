"""Where episodes are played: in this process, or in processes that can be killed."""
