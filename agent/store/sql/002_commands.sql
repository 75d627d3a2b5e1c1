-- Commands of the cloud that were carried out: the reply is given again, the effect is not. `signed`: it changed state.
CREATE TABLE commands (
  id     TEXT PRIMARY KEY,
  name   TEXT NOT NULL,
  at_ms  INTEGER NOT NULL,
  signed INTEGER NOT NULL,
  reply  TEXT NOT NULL
) WITHOUT ROWID;
