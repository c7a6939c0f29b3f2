"""Articles to try Sitrep with: digests, in our own words, of the news on Kazakhstan in January 2022."""
