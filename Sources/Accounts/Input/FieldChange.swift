/// What a partial update does to a field that can be empty.
package enum FieldChange<Value> {
    case unchanged
    case set(Value)
    case clear
}

extension FieldChange: Sendable where Value: Sendable {}
extension FieldChange: Equatable where Value: Equatable {}

extension FieldChange {
    /// - Parameter cleared: what a cleared field holds.
    func applied<Stored>(to current: Stored, cleared: Stored, _ stored: (Value) -> Stored) -> Stored {
        switch self {
        case .unchanged: current
        case .set(let value): stored(value)
        case .clear: cleared
        }
    }
}
