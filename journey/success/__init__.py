"""Customer success: what customers are worth, how long they stay, how soon they get what they came for."""
