-- The rights of the role that the portal runs as, when the tables belong to another role (PostgreSQL). Run by the owner
-- after every migration; :portal is the name of the role: psql "$OWNER_URL" -v portal=portal -f docs/audit-roles.sql
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :portal;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO :portal;
REVOKE ALL ON audit_auditentry, audit_auditseal FROM :portal;
GRANT SELECT, INSERT ON audit_auditentry, audit_auditseal TO :portal;
