/// Draws ranks from 0 on, each in proportion to 1/(rank + 2): few are drawn often, most hardly ever, as in social graphs.
struct ZipfRanks: Sendable {
    private let cumulative: [Double]

    /// - Parameter count: at least 1.
    init(count: Int) {
        var sum = 0.0
        cumulative = (0..<count).map { rank in
            sum += 1 / Double(rank + 2)
            return sum
        }
    }

    func draw(_ numbers: inout SeededNumbers) -> Int {
        let target = Double(numbers.next() >> 11) * 0x1p-53 * (cumulative.last ?? 0)
        var low = 0
        var high = cumulative.count - 1
        while low < high {
            let middle = (low + high) / 2
            if cumulative[middle] > target { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
