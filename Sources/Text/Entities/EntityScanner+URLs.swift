import Core

/// Addresses.
extension EntityScanner {
    /// At a word: letters, digits, accents, `-` and `.` without a gap. It may be an address itself (`example.com`), or
    /// end with the scheme of one (`https` before `://`).
    mutating func scanWord() {
        let start = position
        var end = start
        var hasDot = false
        while end < text.count {
            let byte = text[end]
            if byte == UInt8(ascii: ".") {
                hasDot = true
                end += 1
            } else if byte.isASCIIAlphanumeric || byte == UInt8(ascii: "-") {
                end += 1
            } else {
                guard byte >= 0x80 else { break }
                let (scalar, length) = text.scalar(at: end)
                guard Scalars.isLatinAccent(scalar) else { break }
                end += length
            }
        }
        count(start..<end)
        if hasDot, mayPrecedeBareDomain(), addURL(from: start, domainAt: start, labels: .ascii) { return }
        if text.hasASCII("://", at: end), let scheme = schemeStart(in: start..<end),
            addURL(from: scheme, domainAt: end + 3, labels: .any)
        {
            return
        }
        move(to: end)
    }

    /// Adds the address and moves behind it.
    private mutating func addURL(from start: Int, domainAt: Int, labels: DomainScan.Labels) -> Bool {
        let domain = DomainScan(text, from: domainAt, labels: labels)
        count(domainAt..<domain.readEnd)
        guard let domainEnd = domain.end else { return false }
        var tail = URLTail(text, from: domainEnd)
        if labels == .any, text.hasASCII("t.co/", at: domainAt), domainEnd == domainAt + 4 {
            tail = .shortened(text, from: domainEnd)
        }
        count(domainEnd..<tail.readEnd)
        guard let end = tail.end, end - start <= Limits.entityURLBytesMax else {
            move(to: max(tail.readEnd, domainEnd))
            return true
        }
        addURL(start..<end)
        move(to: end)
        return true
    }

    /// Without a scheme the sign before decides: part of an e-mail address, a path, a handle, a price.
    private func mayPrecedeBareDomain() -> Bool {
        guard let previous else { return true }
        switch previous {
        case UInt32(UInt8(ascii: "-")), UInt32(UInt8(ascii: "_")), UInt32(UInt8(ascii: ".")), UInt32(UInt8(ascii: "/")):
            return false
        default: return mayPrecedeURL(previous)
        }
    }

    private func mayPrecedeURL(_ scalar: UInt32) -> Bool {
        switch scalar {
        case Scalars.atSign, Scalars.fullwidthAtSign, Scalars.numberSign, Scalars.fullwidthNumberSign,
            Scalars.dollarSign, 0xFEFF, 0xFFFE, 0xFFFF:
            false
        case 0..<0x80: !UInt8(truncatingIfNeeded: scalar).isASCIIAlphanumeric
        default: true
        }
    }

    /// Where `http` or `https` begins that ends a word, unless it is only the end of a longer one.
    private func schemeStart(in word: Range<Int>) -> Int? {
        let start: Int
        if word.count >= 5, text.hasASCII("https", at: word.upperBound - 5) {
            start = word.upperBound - 5
        } else if word.count >= 4, text.hasASCII("http", at: word.upperBound - 4) {
            start = word.upperBound - 4
        } else {
            return nil
        }
        let before = start == word.lowerBound ? previous : text.scalar(before: start)
        guard let before else { return start }
        return mayPrecedeURL(before) ? start : nil
    }
}
