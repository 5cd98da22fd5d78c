import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { answers, programOf, type Service, startService } from './service.ts'

const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

/** An nginx with these lines within "http"; `port` is the one that its server is to listen on. */
export function startNginx(http: (port: number) => string): Promise<Service> {
  return startService({
    file: programOf('nginx'),
    url: (port) => `http://127.0.0.1:${port}/`,
    prepare: (folder, port) => {
      const paths = kinds.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n')
      const main = `pid ${folder}/pid;\ndaemon off;\nmaster_process off;\nevents {}\n`
      writeFileSync(join(folder, 'conf'), `${main}http {\naccess_log off;\n${paths}\n${http(port)}\n}\n`)
    },
    args: (folder) => ['-e', 'stderr', '-p', folder, '-c', join(folder, 'conf')],
    isReady: (port) => answers(port),
  })
}
