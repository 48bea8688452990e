-- What people, portals and the help desk run into: each part says what it is for.

-- The authenticator that goes when the token is redeemed, by when it was enrolled.
ALTER TABLE setup_tokens ADD COLUMN removes_mfa INTEGER;
-- What a mail server's answer was about, which is what somebody must mend.
ALTER TABLE tries ADD COLUMN matter TEXT;
