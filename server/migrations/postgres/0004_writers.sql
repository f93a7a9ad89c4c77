-- Whose account wrote a line; nothing for guests, and for lines from before.
ALTER TABLE chat_lines ADD COLUMN from_user BIGINT REFERENCES users (id) ON DELETE SET NULL;
