"""What only this provider can tell: conditional access over the whole set of enabled policies. Pure.

A sign-in has memberships (groups, roles, locations, filters; several at once) and properties (client, platform, risk;
one of each). The policies that demand something are taken away from the sign-ins asked about; what is left over is
not covered, and says who and where.
"""
