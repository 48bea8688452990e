-- What people, portals and the help desk run into: each part says what it is for.

-- What a mail server's answer was about, which is what somebody must mend.
ALTER TABLE tries ADD COLUMN matter TEXT;
