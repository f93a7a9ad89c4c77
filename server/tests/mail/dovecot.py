"""Runs Debian's dovecot as an IMAP server over TLS for one test, as any user.

dovecot.py FOLDER PORT NAME PASSWORD CERTIFICATE KEY

FOLDER/Maildir/new takes mails. Runs in the foreground until it is ended.
"""

import grp
import os
import pathlib
import pwd
import shutil
import sys

folder, port, name, password, certificate, key = sys.argv[1:]
folder = pathlib.Path(folder)
program = shutil.which("dovecot", path=os.environ["PATH"] + ":/usr/sbin")
if program is None:
    sys.exit("dovecot is missing; install it with: scripts/setup.sh test")

root = os.getuid() == 0
# Dovecot opens no mail as root.
reader = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.getuid())
internal, login = ("dovecot", "dovenull") if root else (reader.pw_name, reader.pw_name)
group = "dovecot" if root else grp.getgrgid(os.getgid()).gr_name
for part in ["new", "cur", "tmp"]:
    (folder / "Maildir" / part).mkdir(parents=True, exist_ok=True)
(folder / "users").write_text(f"{name}:{{PLAIN}}{password}\n")
if root:
    folder.chmod(0o755)
    for path in [folder / "Maildir", *(folder / "Maildir").iterdir()]:
        os.chown(path, reader.pw_uid, reader.pw_gid)
    os.chmod(folder / "users", 0o644)

(folder / "dovecot.conf").write_text(
    f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
ssl = required
ssl_cert = <{certificate}
ssl_key = <{key}
ssl_dh =
mail_location = maildir:{folder}/Maildir
first_valid_uid = {reader.pw_uid}
last_valid_uid = {reader.pw_uid}
first_valid_gid = 0
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid={reader.pw_uid} gid={reader.pw_gid} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""
)
os.execv(program, [program, "-F", "-c", str(folder / "dovecot.conf")])
