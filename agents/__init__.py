"""Agents: whoever acts. Model clients, prompts, reply parsing and scripted bots."""

if __name__ == "agents":
    raise ImportError("this folder is the package kibitz.agents: install kibitz and write 'import kibitz.agents'")
