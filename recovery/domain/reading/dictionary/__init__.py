"""The words of every language (`words/*.toml`) as one lexicon: what each phrase can mean."""
