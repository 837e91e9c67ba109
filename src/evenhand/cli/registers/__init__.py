"""Commands about registers: who can be impersonated, who is qualified, which topics burst."""
