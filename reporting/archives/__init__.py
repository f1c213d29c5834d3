"""年度档案: a closed year as one zip that says of each of its files what it must be, and that anybody can check.

``verifying`` needs the file alone: no database, none of the other modules of the product.
"""
