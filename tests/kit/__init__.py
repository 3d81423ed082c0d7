"""What tests of every service share: the engines they run on and the words they check with."""
