import { Select } from '../ui/Select.tsx'
import { TextField } from '../ui/TextField.tsx'
import styles from './Pool.module.css'
import { usePoolWords } from './usePoolWords.ts'

/** What who takes part says of itself, and of its reasons for its receipt. */
export interface Told<Role extends string> {
  readonly name: string
  readonly role: Role
  readonly contact: string
  readonly basis: string
  readonly retention: string
}

interface FieldsProps<Role extends string> {
  readonly declared: Told<Role>
  readonly onChange: (declared: Told<Role>) => void
}

interface WhoProps<Role extends string> extends FieldsProps<Role> {
  /** What the field of the name says. */
  readonly name: string
  readonly roles: readonly { readonly role: Role; readonly text: string }[]
}

export function WhoFields<Role extends string>({ declared, onChange, name, roles }: WhoProps<Role>) {
  const { part: words } = usePoolWords()
  return (
    <div className={styles.form}>
      <TextField
        label={name}
        most={200}
        value={declared.name}
        onChange={(text) => onChange({ ...declared, name: text })}
      />
      <Select
        label={words.role}
        value={declared.role}
        options={roles.map(({ role, text }) => ({ value: role, text }))}
        onChange={(role) => onChange({ ...declared, role })}
      />
      <TextField
        label={words.contact}
        most={200}
        value={declared.contact}
        onChange={(contact) => onChange({ ...declared, contact })}
      />
    </div>
  )
}

export function ReasonFields<Role extends string>({ declared, onChange }: FieldsProps<Role>) {
  const { part: words } = usePoolWords()
  return (
    <div className={styles.form}>
      <TextField
        label={words.basis}
        most={200}
        value={declared.basis}
        onChange={(basis) => onChange({ ...declared, basis })}
      />
      <TextField
        label={words.retention}
        most={200}
        value={declared.retention}
        onChange={(retention) => onChange({ ...declared, retention })}
      />
    </div>
  )
}
