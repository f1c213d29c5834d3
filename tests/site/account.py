"""A person's own data, taken along by nobody but that person."""

from __future__ import annotations

TABLE = """
                                              anonymous stranger lead coop outside head staff officehead district dliaison dauditor xliaison xoffice admin auditor super
departments:account_export  -           POST  in        200      200  200  200     200  200   200        200      200      200      200      200     200   200     200
"""
