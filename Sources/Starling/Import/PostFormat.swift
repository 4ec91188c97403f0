import Core
import Foundation
import Posts

/// Texts, one a record. Where a record names no author, one is drawn from the accounts that are known; where it has no
/// time, one of the last 30 days is.
struct PostFormat: LineFormat {
    private enum Records {
        case jsonLines
        case csv(header: CSVHeader?)
    }

    static let spread: Int64 = 30 * 86_400_000

    private let path: String
    private let seed: UInt64
    /// Milliseconds since 1970.
    private let now: Int64
    private var records: Records

    init(path: String, seed: UInt64, now: Int64) throws {
        self.path = path
        self.seed = seed
        self.now = now
        let name = path.lowercased()
        let stem = name.hasSuffix(".gz") ? name.dropLast(3) : name[...]
        if stem.hasSuffix(".csv") {
            records = .csv(header: nil)
        } else if stem.hasSuffix(".jsonl") || stem.hasSuffix(".ndjson") {
            records = .jsonLines
        } else {
            throw ImportError("\(path) is neither .jsonl nor .csv (.gz may follow): its name has to say what it is.")
        }
    }

    func next(from lines: inout LineReader) throws -> Line? {
        if case .csv = records { try lines.nextQuoted() } else { try lines.next() }
    }

    mutating func take(_ line: Line, into batch: inout DraftBatch, _ accounts: inout AccountBook) throws {
        guard !line.isTooLong else { throw SkipReason.tooLong }
        guard line.bytes.contains(where: { $0 != UInt8(ascii: " ") }), let fields = try fields(line) else { return }
        var numbers = SeededNumbers(seed: seed, line: line.number)
        let content = try Self.content(fields)
        let writtenAt = try time(fields, &numbers)
        let author = try author(fields, &numbers, &accounts)
        batch.posts.append(.init(author: author, content: content, writtenAt: writtenAt))
    }

    /// Nil for the header of CSV.
    private mutating func fields(_ line: Line) throws -> PostFields? {
        switch records {
        case .jsonLines:
            guard let fields = try? JSONDecoder().decode(PostFields.self, from: Data(line.bytes)) else {
                throw SkipReason.json
            }
            return fields
        case .csv(let header?):
            return try header.fields(try CSVRow.fields(line.bytes))
        case .csv(nil):
            records = .csv(header: try CSVHeader(line, path: path))
            return nil
        }
    }

    private static func content(_ fields: PostFields) throws(SkipReason) -> String {
        guard let text = fields.text, let content = try? PostContent(text) else { throw .text }
        return content.text
    }

    private func time(_ fields: PostFields, _ numbers: inout SeededNumbers) throws(SkipReason) -> Int64 {
        // Drawn in any case, so that the author does not depend on it.
        let drawn = now - Int64(numbers.below(Int(Self.spread)))
        guard let text = fields.time else { return drawn }
        guard let time = WrittenTime.milliseconds(text), WrittenTime.allowed(now: now).contains(time) else {
            throw .time
        }
        return time
    }

    private func author(
        _ fields: PostFields, _ numbers: inout SeededNumbers, _ accounts: inout AccountBook
    ) throws -> Int {
        guard let text = fields.author else {
            guard !accounts.names.isEmpty else {
                throw ImportError(
                    "\(path) does not name authors: give the accounts to deal its texts to by --follows or --activity.")
            }
            return numbers.below(accounts.names.count)
        }
        guard let name = AccountName(adapting: text) else { throw SkipReason.account }
        return accounts.place(of: name)
    }
}

/// Where the columns of a file of texts are.
struct CSVHeader {
    private let text: Int
    private let author: Int?
    private let time: Int?

    init(_ line: Line, path: String) throws {
        guard let names = try? CSVRow.fields(line.bytes).map({ $0.lowercased() }) else {
            throw ImportError("The first line of \(path) is not a row of CSV with the names of the columns.")
        }
        func column(_ candidates: [String]) -> Int? {
            candidates.lazy.compactMap(names.firstIndex).first
        }
        guard let text = column(PostFields.textNames) else {
            throw ImportError(
                "The first line of \(path) names no column of texts: \(PostFields.textNames.joined(separator: ", ")).")
        }
        self.text = text
        author = column(PostFields.authorNames)
        time = column(PostFields.timeNames)
    }

    func fields(_ row: [String]) throws(SkipReason) -> PostFields {
        func field(_ column: Int?) throws(SkipReason) -> String? {
            guard let column else { return nil }
            guard row.indices.contains(column) else { throw .columns }
            return row[column]
        }
        return PostFields(text: try field(text), author: try field(author), time: try field(time))
    }
}
