"""Topics: what posts are tagged with, and when many accounts at once took a topic up. A topic is never evidence by itself."""
