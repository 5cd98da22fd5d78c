import styles from './ofFile.module.css'

/** A file's name among words: readable on this side, so in its colour, and no language's. */
export const ofFile = {
  file: (name: string) => (
    <span translate="no" className={styles.name}>
      {name}
    </span>
  ),
}
