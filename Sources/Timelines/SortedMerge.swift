import Core

/// Merging of ascending runs from their ends, through a heap of those ends. It allocates nothing.
struct SortedMerge {
    /// A run within `values`: what is left of it, and its largest value.
    struct Run {
        var top: Int64
        let start: Int
        var end: Int
    }

    private let values: UnsafeBufferPointer<Int64>
    private let floor: Int64
    /// The first `count` of them form the heap, the largest value on top.
    private let runs: UnsafeMutableBufferPointer<Run>
    private var count: Int

    /// - Parameters:
    ///   - values: every run's values, ascending within a run.
    ///   - runs: room for as many runs as there are ranges.
    ///   - ranges: where the runs stand in `values`.
    ///   - floor: nothing below it is looked at.
    init(
        _ values: UnsafeBufferPointer<Int64>, ranges: UnsafeBufferPointer<Range<Int>>,
        runs: UnsafeMutableBufferPointer<Run>, notBelow floor: Int64
    ) {
        self.values = values
        self.floor = floor
        self.runs = runs
        count = 0
        for range in ranges {
            guard !range.isEmpty, values[range.upperBound - 1] >= floor else { continue }
            let run = Run(top: values[range.upperBound - 1], start: range.lowerBound, end: range.upperBound)
            (runs.baseAddress?.advanced(by: count))?.initialize(to: run)
            count += 1
        }
        for index in stride(from: count / 2 - 1, through: 0, by: -1) { sink(index) }
    }

    /// Writes the largest distinct values to `output`, in descending order, until it is full.
    /// - Returns: how many there were.
    mutating func newest(into output: UnsafeMutableBufferPointer<Int64>) -> Int {
        var found = 0
        while found < output.count, count > 0 {
            let top = runs[0].top
            if found == 0 || output[found - 1] != top {
                output[found] = top
                found += 1
            }
            advance()
        }
        return found
    }

    /// Takes the largest value out of its run, and the run out at its end.
    private mutating func advance() {
        let run = runs[0]
        let end = run.end - 1
        if end > run.start, values[end - 1] >= floor {
            runs[0].top = values[end - 1]
            runs[0].end = end
        } else {
            count -= 1
            runs[0] = runs[count]
        }
        sink(0)
    }

    private func sink(_ start: Int) {
        var index = start
        while true {
            var largest = 2 * index + 1
            guard largest < count else { return }
            if largest + 1 < count, runs[largest + 1].top > runs[largest].top { largest += 1 }
            guard runs[largest].top > runs[index].top else { return }
            runs.swapAt(index, largest)
            index = largest
        }
    }
}

extension SortedMerge {
    /// The largest distinct values of all lists that are not below `floor`, in descending order.
    static func newest(of lists: [ArraySlice<Int64>], limit: Int, notBelow floor: Int64) -> [Position] {
        var values: [Int64] = []
        var ranges: [Range<Int>] = []
        for list in lists {
            ranges.append(values.count..<values.count + list.count)
            values.append(contentsOf: list)
        }
        return withUnsafeTemporaryAllocation(of: Run.self, capacity: lists.count) { runs in
            values.withUnsafeBufferPointer { values in
                ranges.withUnsafeBufferPointer { ranges in
                    var merge = SortedMerge(values, ranges: ranges, runs: runs, notBelow: floor)
                    let found = [Int64](unsafeUninitializedCapacity: limit) { $1 = merge.newest(into: $0) }
                    return found.map { Position($0) }
                }
            }
        }
    }
}
