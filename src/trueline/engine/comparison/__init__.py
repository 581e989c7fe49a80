"""Is configuration B better than A on the same cases? Paired statistics with the gates that decided.

Owns: reading case results, pairing, resampling tests, the verdict. Never does: run an agent or judge an answer.
Reads from: files of case results.
"""
