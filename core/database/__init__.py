"""The second fence of the tenant wall: PostgreSQL itself keeps the tenants apart.

`base` is the database backend that tells every transaction its tenant; `roles.sql` makes the
four roles; `wall` puts policies, tenant-carrying foreign keys and grants on the tables after each
migration; `catalogue` reads back what stands and names every gap; `standing` refuses a
privileged role; `owner` lends the owner's rights to migrations.
"""
