import SQL

extension GraphSchema {
    static let mutedWords = Migration("0033-muted-words") { dialect in
        [
            """
            CREATE TABLE muted_words (
                account_id BIGINT NOT NULL REFERENCES users (id), word_id BIGINT NOT NULL, phrase \(dialect.textKey) NOT NULL,
                scopes SMALLINT NOT NULL CHECK (scopes BETWEEN 1 AND 7), expires_at BIGINT,
                PRIMARY KEY (account_id, word_id), UNIQUE (account_id, phrase))
            """
        ]
    }
}
