/// A workload that could not do what it is there to measure.
public struct WorkloadError: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
