import Core

extension EntityScanner {
    /// At a `#`: a hashtag, when letters, marks, digits and joiners with at least one letter or mark follow.
    mutating func scanHashtag(signLength: Int) {
        let sign = position
        let start = sign + signLength
        guard mayPrecedeHashtag(), !isKeycap(start) else { return move(to: start) }
        var end = start
        var length = 0
        var hasLetter = false
        while end < text.count {
            let (scalar, bytes) = text.scalar(at: end)
            guard let kind = Scalars.hashtagKind(scalar) else { break }
            hasLetter = hasLetter || kind == .letter
            length += 1
            end += bytes
        }
        count(sign..<end)
        guard hasLetter, length <= Limits.hashtagScalarsMax, mayFollowHashtag(end) else { return move(to: start) }
        let tag = text.string(start..<end)
        count(start..<end)
        guard let key = HashtagKey(tag) else { return move(to: start) }
        addHashtag(sign..<end, tag: tag, key: key)
        move(to: end)
    }

    /// Not within a word, and not in an HTML entity; an emoji may carry a variation selector, which is a mark.
    private func mayPrecedeHashtag() -> Bool {
        guard let previous else { return true }
        if Scalars.isTextOrEmojiSelector(previous) { return true }
        return previous != Scalars.ampersand && Scalars.hashtagKind(previous) == nil
    }

    /// The emoji `#️⃣`.
    private func isKeycap(_ start: Int) -> Bool {
        let next = text.scalar(at: start).value
        return next == Scalars.emojiSelector || next == Scalars.combiningKeycap
    }

    private func mayFollowHashtag(_ end: Int) -> Bool {
        let next = text.scalar(at: end).value
        return next != Scalars.numberSign && next != Scalars.fullwidthNumberSign && !text.hasASCII("://", at: end)
    }
}
