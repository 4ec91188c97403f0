import NIOCore
import NIOPosix

/// One front desk for each event loop, made when the loop gets its first connection.
///
/// Unchecked: a desk is made, kept and found on one thread, which is what the variable is for.
struct FrontDesks: @unchecked Sendable {
    private let reception: FrontReception
    private let ofThread = ThreadSpecificVariable<FrontDesk>()

    init(_ reception: FrontReception) {
        self.reception = reception
    }

    /// The desk of the event loop that this is called on.
    func desk() -> FrontDesk {
        if let desk = ofThread.currentValue { return desk }
        let desk = FrontDesk(reception)
        ofThread.currentValue = desk
        return desk
    }
}
