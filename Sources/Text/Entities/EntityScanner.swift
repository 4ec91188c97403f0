import Core

/// One pass over a text that collects its entities.
///
/// What begins with a sign is tried where the sign stands. An address has no sign, so the scanner goes from word to word
/// (letters, digits, `-` and `.` without a gap) and decides for a whole word at once. Each rule reads ahead only over
/// characters at which neither it nor another rule of its kind can begin again, so no byte is read more than a few times.
struct EntityScanner {
    let text: UTF8Text
    var position = 0
    /// The scalar before `position`; nil at the start.
    var previous: UInt32?
    private(set) var found = TextEntities()
    private(set) var bytesRead = 0

    // Offsets in scalars are counted on from the last entity.
    private var countedBytes = 0
    private var countedScalars = 0

    init(_ text: UTF8Text) {
        self.text = text
    }

    mutating func scan() {
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "@"): scanMention(signLength: 1)
            case UInt8(ascii: "#"): scanHashtag(signLength: 1)
            case let byte where byte.isASCIIAlphanumeric || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "."):
                scanWord()
            case let byte where byte < 0x80: advance(past: UInt32(byte), length: 1)
            default: scanBeyondASCII()
            }
        }
        bytesRead += text.count
    }

    private mutating func scanBeyondASCII() {
        let (scalar, length) = text.scalar(at: position)
        switch scalar {
        case Scalars.fullwidthAtSign: scanMention(signLength: length)
        case Scalars.fullwidthNumberSign: scanHashtag(signLength: length)
        case _ where Scalars.isLatinAccent(scalar): scanWord()
        default: advance(past: scalar, length: length)
        }
    }

    private mutating func advance(past scalar: UInt32, length: Int) {
        position += length
        previous = scalar
    }

    /// Goes on after what was just decided.
    mutating func move(to end: Int) {
        position = end
        previous = text.scalar(before: end)
    }

    /// Notes that a rule has read ahead.
    mutating func count(_ read: Range<Int>) {
        bytesRead += read.count
    }

    // MARK: - Finds

    mutating func addMention(_ range: Range<Int>, signLength: Int) {
        let name = text.string(range.lowerBound + signLength..<range.upperBound)
        found.mentions.append(.init(name: name, scalars: scalars(range)))
    }

    mutating func addHashtag(_ range: Range<Int>, tag: String, key: HashtagKey) {
        found.hashtags.append(.init(tag: tag, key: key, scalars: scalars(range)))
    }

    mutating func addURL(_ range: Range<Int>) {
        found.urls.append(.init(url: text.string(range), scalars: scalars(range)))
    }

    private mutating func scalars(_ range: Range<Int>) -> Range<Int> {
        let start = countedScalars + text.scalarCount(countedBytes..<range.lowerBound)
        let end = start + text.scalarCount(range)
        bytesRead += range.upperBound - countedBytes
        countedBytes = range.upperBound
        countedScalars = end
        return start..<end
    }
}
