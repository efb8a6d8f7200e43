/** Domains in which anybody, or any customer, can have a name. Below them, too, no name vouches for its neighbour. */
const SHARED_DOMAINS: readonly string[] = [
  // clouds and the registries in them that name a customer by a label
  ...['amazonaws.com', 'amazonaws.com.cn', 'amazonaws.eu', 'on.aws', 'awsapprunner.com', 'cloudfront.net'],
  ...['elasticbeanstalk.com', 'azurecr.io', 'azurecr.cn', 'azurecr.us', 'azure.com', 'azurewebsites.net'],
  ...['azurecontainerapps.io', 'azurefd.net', 'azureedge.net', 'windows.net', 'pkg.dev', 'gcr.io', 'run.app'],
  ...['appspot.com', 'web.app', 'firebaseapp.com', 'cloudfunctions.net', 'googleapis.com', 'googleusercontent.com'],
  ...['icr.io', 'appdomain.cloud', 'ocir.io', 'oraclecloud.com', 'oraclecloudapps.com', 'aliyuncs.com', 'alicdn.com'],
  ...['myhuaweicloud.com', 'tencentcloudcr.com', 'myqcloud.com', 'scw.cloud', 'vultrcr.com', 'ovh.net', 'jfrog.io'],
  ...['digitaloceanspaces.com', 'ondigitalocean.app', 'linodeobjects.com', 'linodeusercontent.com', 'cloudsmith.io'],
  // pages, previews and tunnels
  ...['github.io', 'githubusercontent.com', 'github.dev', 'githubpreview.dev', 'gitlab.io', 'bitbucket.io'],
  ...['codeberg.page', 'herokuapp.com', 'netlify.app', 'vercel.app', 'now.sh', 'pages.dev', 'workers.dev', 'r2.dev'],
  ...['trycloudflare.com', 'cfargotunnel.com', 'fly.dev', 'onrender.com', 'railway.app', 'deno.dev', 'surge.sh'],
  ...['glitch.me', 'repl.co', 'replit.dev', 'replit.app', 'gitpod.io', 'stackblitz.io', 'webcontainer.io'],
  ...['ngrok.io', 'ngrok.app', 'ngrok.dev', 'ngrok-free.app', 'ngrok-free.dev', 'loca.lt', 'lhr.life', 'serveo.net'],
  ...['ts.net', 'devtunnels.ms', 'nip.io', 'sslip.io', 'xip.io', 'traefik.me', 'lvh.me', 'localtest.me'],
  // dynamic DNS
  ...['duckdns.org', 'ddns.net', 'dyndns.org', 'no-ip.org', 'no-ip.com', 'hopto.org', 'zapto.org', 'dynu.net'],
  ...['freeddns.org', 'myds.me', 'synology.me', 'myqnapcloud.com', 'eu.org', 'us.com', 'uk.com', 'de.com', 'eu.com'],
];

/** Second labels under which country domains register names: `co.uk`, `com.au`, `gouv.fr`. One or two letters always count. */
const REGISTRY_LABELS: ReadonlySet<string> = new Set(
  (
    'com org net edu gov mil int gob gouv gub govt gop nom ltd plc sch nhs police firm gen ind nic res web biz info ' +
    'name pro art asn asso presse priv muni school college club coop store shop blog press adm adv agr arq eng eti ' +
    'jor jus leg med mus not ntr odo ppg psi rec slg srv tmp trd tur vet wiki'
  ).split(' '),
);

/**
 * Whether names in a domain may belong to strangers, as far as can be told without the Public Suffix List: a single
 * label, a second-level domain of a country, a domain of many customers, or anything below such a domain.
 */
export function isSharedSuffix(domain: string): boolean {
  const [first = '', second, ...more] = domain.split('.');
  if (second === undefined) return true;
  if (more.length === 0 && second.length === 2 && (first.length <= 2 || REGISTRY_LABELS.has(first))) return true;
  return SHARED_DOMAINS.some((shared) => domain === shared || domain.endsWith(`.${shared}`));
}
