/// Who reaches the archives that are made.
package enum ArchivePlace: Sendable, CaseIterable {
    /// Every process.
    case shared
    /// They lie with the process that made them: this one may, and so may others.
    case own
    /// They lie with other processes, which make them and do not hand them out.
    case elsewhere
}
